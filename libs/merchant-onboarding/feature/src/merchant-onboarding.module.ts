import { Module } from '@nestjs/common';
import { ChangeContractController } from './change-contract/change-contract.controller';
import {
  ChangeContractHandler,
  SetContractActiveHandler,
} from './change-contract/change-contract.handler';
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
    ShopSettingsController,
  ],
  providers: [
    MerchantDirectory,
    OpenNodeHandler,
    OpenContractHandler,
    ChangeContractHandler,
    SetContractActiveHandler,
    ShopSettingsBook,
    ChangeShopSettingsHandler,
    SwitchShopOptionHandler,
  ],
})
export class MerchantOnboardingModule {}
