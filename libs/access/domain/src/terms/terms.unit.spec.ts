import { instant } from '@encaisse/kernel';
import { publishTerms, termsStream } from './terms';

const AT = instant('2026-11-28T08:30:00.000Z');
const terms = { publicationId: 'p1', textFr: 'Bonjour.', textEn: 'Hello.', at: AT };

describe('Publish terms of use', () => {
  it('AUTH-06 gives the next version, once per publication', () => {
    const first = publishTerms(terms, termsStream.initial);
    expect(first).toMatchObject({ accepted: [{ type: 'TermsPublished', data: { version: 2 } }] });
    const [event] = 'accepted' in first ? first.accepted : [];
    const state = termsStream.evolve(termsStream.initial, event!);
    expect(publishTerms(terms, state)).toEqual({ accepted: [] });
    expect(publishTerms({ ...terms, textFr: 'Autre.' }, state)).toEqual({
      refused: { code: 'id-reused' },
    });
    expect(publishTerms({ ...terms, publicationId: 'p2' }, state)).toMatchObject({
      accepted: [{ data: { version: 3 } }],
    });
  });
});
