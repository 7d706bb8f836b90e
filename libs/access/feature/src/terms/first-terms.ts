/** The terms that come with the product; an operator publishes its own before going live. */
export const FIRST_TERMS = {
  textFr: [
    'Conditions générales d’utilisation du back-office.',
    'Les identifiants sont personnels et ne se partagent pas : une seule session par identifiant.',
    'Chaque action est enregistrée avec son auteur, sa date et son origine.',
    'Les données des porteurs ne servent qu’au suivi des paiements du commerçant.',
    'Toute utilisation suspecte est signalée sans délai à l’assistance.',
  ].join('\n'),
  textEn: [
    'General terms of use of the back office.',
    'Sign-ins are personal and are not shared: one session per login.',
    'Every action is recorded with its author, its time and where it came from.',
    'Cardholder data serve to follow the merchant’s payments and nothing else.',
    'Any suspicious use is reported to support without delay.',
  ].join('\n'),
} as const;
