import { newDigits } from '@encaisse/platform/access';

/** A login made from a name, with four digits so that it is hardly ever taken: `claire.martin.4821`. */
export function newLogin(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '')
    .slice(0, 50);
  return `${plain === '' ? 'user' : plain}.${newDigits(4)}`;
}
