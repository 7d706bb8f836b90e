import { Body, Controller, Delete, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { ChangesNothing, notFound, Public } from '@encaisse/platform/http';
import { SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';
import { ArrayMaxSize, IsArray, IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { RemittanceFileTaker, type TakenFile } from './remittance-file-taker';

class OrdersBody {
  @ApiPropertyOptional({ description: 'Rejects the next file, whosever it is' })
  @IsOptional()
  @IsBoolean()
  rejectNextFile?: boolean;

  @ApiPropertyOptional({ example: ['1234567'], description: 'Rejects the next file of contracts' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  rejectContracts?: string[];

  @ApiPropertyOptional({ example: ['0000000042'], description: 'Rejects lines, by transaction' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  rejectTransactions?: string[];

  @ApiPropertyOptional({ example: ['CMD-42'], description: 'Rejects lines, by order reference' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  rejectOrderReferences?: string[];

  @ApiPropertyOptional({ example: 'Carte inconnue' })
  @IsOptional()
  @IsString()
  @MaxLength(140)
  reason?: string;
}

/** Tells the simulated acquirer what to answer, outside production. */
@ApiTags('simulator')
@Public()
@Controller('simulator/remittance-files')
export class RemittanceFilesController {
  constructor(
    private readonly taker: RemittanceFileTaker,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'nodeEnvironment'>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The remittance files the simulated acquirer has answered' })
  taken(): { readonly files: readonly TakenFile[] } {
    this.refuseInProduction();
    return { files: this.taker.taken };
  }

  @Post('orders')
  @HttpCode(204)
  @ChangesNothing()
  @ApiOperation({ summary: 'Asks for files or lines to come to be rejected, each once' })
  order(@Body() orders: OrdersBody): void {
    this.refuseInProduction();
    this.taker.orders.add(orders);
  }

  @Delete('orders')
  @HttpCode(204)
  @ChangesNothing()
  @ApiOperation({ summary: 'Forgets what was asked for and not yet followed' })
  forget(): void {
    this.refuseInProduction();
    this.taker.orders.forget();
  }

  private refuseInProduction(): void {
    if (this.settings.nodeEnvironment === 'production') throw notFound('route');
  }
}
