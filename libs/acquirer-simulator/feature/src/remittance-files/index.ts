export { RemittanceFilesModule } from './remittance-files.module';
