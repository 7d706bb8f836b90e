import { createTestDatabase } from '@encaisse/testing';
import { tryClassicDesigns } from './classic-designs';
import type { Finding } from './laboratory';
import { tryOurDesign } from './our-design';

const CONDITIONS = { writers: 16, seconds: 4, commitDelay: { from: 0, to: 5 } };

async function inDatabase(
  attempt: (conditions: typeof CONDITIONS & { url: string }) => Promise<Finding[]>,
): Promise<Finding[]> {
  const database = await createTestDatabase();
  try {
    return await attempt({ ...CONDITIONS, url: database.url });
  } finally {
    await database.drop();
  }
}

describe('The gap laboratory', () => {
  it('sees the classic designs lose and invert (negative control)', async () => {
    const [naive, hybrid, xidOnly] = await inDatabase(tryClassicDesigns);
    expect(naive!.lost).toBeGreaterThanOrEqual(naive!.appended / 100);
    expect(hybrid!.lost).toBeGreaterThanOrEqual(hybrid!.appended / 100);
    expect(xidOnly!.lost).toBe(0);
    expect(xidOnly!.inverted).toBeGreaterThan(0);
  });

  it('L2 L4 sees ours lose nothing, invert nothing and stay dense', async () => {
    for (const finding of await inDatabase(tryOurDesign)) {
      expect(finding).toMatchObject({ lost: 0, inverted: 0, isDense: true });
      expect(finding.appended).toBeGreaterThan(100);
    }
  });
});
