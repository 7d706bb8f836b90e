export { CashdeskModule } from './cashdesk.module';
