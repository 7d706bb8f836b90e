import { Module } from '@nestjs/common';
import { ChangeContractController } from './change-contract/change-contract.controller';
import {
  ChangeContractHandler,
  RecordTechnicalDataHandler,
  SetContractActiveHandler,
} from './change-contract/change-contract.handler';
import { ChangeNodeController } from './change-node/change-node.controller';
import { MoveShopHandler, RenameNodeHandler } from './change-node/change-node.handler';
import { ContractsController } from './contracts/contracts.controller';
import { ActivateHmacKeyController } from './hmac-keys/activate-hmac-key.controller';
import { ConfirmHmacKeyHandler } from './hmac-keys/confirm-hmac-key.handler';
import { CreateHmacKeyHandler } from './hmac-keys/create-hmac-key.handler';
import { HmacKeyBook } from './hmac-keys/hmac-key-book';
import { HmacKeyExpiry } from './hmac-keys/hmac-key-expiry';
import { HmacKeyMails } from './hmac-keys/hmac-key-mails';
import { HmacKeysController } from './hmac-keys/hmac-keys.controller';
import { HmacVerifier } from './hmac-keys/hmac-verifier';
import { NoticesController } from './hmac-keys/notices.controller';
import { MerchantDirectory } from './merchant-directory';
import { OpenContractController } from './open-contract/open-contract.controller';
import { OpenContractHandler } from './open-contract/open-contract.handler';
import { OpenNodeController } from './open-node/open-node.controller';
import { OpenNodeHandler } from './open-node/open-node.handler';
import { ShopSettingsBook } from './shop-settings/shop-settings-book';
import { ShopSettingsController } from './shop-settings/shop-settings.controller';
import {
  ChangeShopSettingsHandler,
  SwitchShopOptionHandler,
} from './shop-settings/shop-settings.handler';

/** Merchants, their tree and their contracts. The onboarding file, offers and pricing join it here. */
@Module({
  controllers: [
    OpenNodeController,
    OpenContractController,
    ChangeContractController,
    ChangeNodeController,
    ContractsController,
    ShopSettingsController,
    HmacKeysController,
    ActivateHmacKeyController,
    NoticesController,
  ],
  providers: [
    MerchantDirectory,
    OpenNodeHandler,
    MoveShopHandler,
    RenameNodeHandler,
    OpenContractHandler,
    ChangeContractHandler,
    SetContractActiveHandler,
    RecordTechnicalDataHandler,
    ShopSettingsBook,
    ChangeShopSettingsHandler,
    SwitchShopOptionHandler,
    HmacKeyBook,
    HmacKeyMails,
    HmacKeyExpiry,
    HmacVerifier,
    CreateHmacKeyHandler,
    ConfirmHmacKeyHandler,
  ],
  exports: [HmacVerifier],
})
export class MerchantOnboardingModule {}
