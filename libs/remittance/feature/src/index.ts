export { RemittanceModule } from './remittance.module';
