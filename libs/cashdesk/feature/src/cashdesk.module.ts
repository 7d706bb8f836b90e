import { Module } from '@nestjs/common';
import { CancelController } from './cancel/cancel.controller';
import { CaptureController } from './capture/capture.controller';
import { CashOperationHandler } from './cash-operation/cash-operation.handler';
import { OperationResponder } from './cash-operation/operation-responder';
import { CashdeskDirectory } from './cashdesk-directory';
import { MassOperationsConsumer } from './mass-operations/mass-operations.consumer';
import { ModifyController } from './modify/modify.controller';
import { OperationsController } from './operations/operations.controller';
import { RefundController } from './refund/refund.controller';
import { RefundOpener } from './refund/refund-opener';
import { RefundOpeningConsumer } from './refund/refund-opening.consumer';
import { SendToBankController } from './send-to-bank/send-to-bank.controller';
import { ValidateController } from './validate/validate.controller';

/** The cash desk: capture, cancel, refund, send to bank, modify, validate. */
@Module({
  controllers: [
    CaptureController,
    CancelController,
    RefundController,
    SendToBankController,
    ModifyController,
    ValidateController,
    OperationsController,
  ],
  providers: [
    CashdeskDirectory,
    CashOperationHandler,
    OperationResponder,
    MassOperationsConsumer,
    RefundOpener,
    RefundOpeningConsumer,
  ],
})
export class CashdeskModule {}
