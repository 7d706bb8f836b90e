/**
 * The kinds of entries of the action log with their labels. The first fifteen are the source's own
 * (LOG-03), the others are added by LOG-05 and by what the product does besides.
 */
export const ACTION_KINDS = {
  CAPTURE: { fr: 'Transaction : capture', en: 'Transaction: capture' },
  SENDING: { fr: 'Transaction : envoi en banque', en: 'Transaction: sending to the bank' },
  CANCELLATION: { fr: 'Transaction : annulation', en: 'Transaction: cancellation' },
  REFUND: { fr: 'Transaction : remboursement', en: 'Transaction: refund' },
  PLAN_TERMINATION: {
    fr: 'Transaction : résiliation de paiement N fois',
    en: 'Transaction: termination of an instalment plan',
  },
  PAYMENT: { fr: 'Saisie : paiement à l’acte', en: 'Entry: single payment' },
  PLAN_ENTRY: { fr: 'Saisie : paiement N fois', en: 'Entry: instalment plan' },
  SUBSCRIPTION_ENTRY: { fr: 'Saisie : abonnement', en: 'Entry: subscription' },
  HMAC_KEY: { fr: 'Paramètres : nouvelle clé HMAC', en: 'Settings: new HMAC key' },
  CARD_BLOCKING: { fr: 'Paramètres : mise en blocage carte', en: 'Settings: card blocking' },
  SETTING_CHANGE: { fr: 'Paramètres : modification', en: 'Settings: change' },
  URL_CHANGE: { fr: 'Paramètres : changement d’URL', en: 'Settings: change of URL' },
  EMAIL_CHANGE: { fr: 'Paramètres : changement d’e-mail', en: 'Settings: change of e-mail' },
  TICKET_RECEPTION: { fr: 'Paramètres : réception ticket', en: 'Settings: ticket reception' },
  IMMEDIATE_RETURN: {
    fr: 'Paramètres : retour vers site immédiat',
    en: 'Settings: immediate return to the site',
  },

  VALIDATION: { fr: 'Transaction : validation', en: 'Transaction: validation' },
  MODIFICATION: { fr: 'Transaction : modification', en: 'Transaction: modification' },
  DUPLICATION: { fr: 'Transaction : duplication', en: 'Transaction: duplication' },
  MASS_OPERATION: { fr: 'Transaction : opération de masse', en: 'Transaction: mass operation' },
  SUBSCRIPTION_TERMINATION: {
    fr: 'Transaction : résiliation d’abonnement',
    en: 'Transaction: termination of a subscription',
  },
  EXPORT: { fr: 'Export', en: 'Export' },
  CARD_UNBLOCKING: { fr: 'Paramètres : déblocage carte', en: 'Settings: card unblocking' },
  CONTRACT_CHANGE: { fr: 'Contrat : modification', en: 'Contract: change' },
  CONTRACT_OPENING: { fr: 'Contrat : ouverture', en: 'Contract: opening' },
  NODE_OPENING: { fr: 'Arborescence : ouverture', en: 'Tree: opening' },
  NODE_CHANGE: { fr: 'Arborescence : modification', en: 'Tree: change' },
  STORE_REQUEST: { fr: 'Store : demande', en: 'Store: request' },
  STORE_OPENING: { fr: 'Store : ouverture de service', en: 'Store: opening of a service' },
  CONTACT_REQUEST: { fr: 'Assistance : demande', en: 'Support: request' },

  SIGN_IN: { fr: 'Connexion', en: 'Sign-in' },
  SIGN_OUT: { fr: 'Déconnexion', en: 'Sign-out' },
  LOCK: { fr: 'Verrouillage du compte', en: 'Account locked' },
  SECOND_FACTOR: { fr: 'Second facteur', en: 'Second factor' },
  TERMS_ACCEPTANCE: { fr: 'Acceptation des CGU', en: 'Terms accepted' },
  TERMS_PUBLICATION: { fr: 'Publication des CGU', en: 'Terms published' },
  PASSWORD_CHANGE: { fr: 'Changement de mot de passe', en: 'Change of password' },
  OWN_DATA_CHANGE: { fr: 'Informations personnelles', en: 'Own data' },
  PREFERENCES: { fr: 'Préférences', en: 'Preferences' },
  USER_CREATION: { fr: 'Utilisateur : création', en: 'User: creation' },
  USER_CHANGE: { fr: 'Utilisateur : modification', en: 'User: change' },
  USER_DEACTIVATION: { fr: 'Utilisateur : désactivation', en: 'User: deactivation' },
  USER_RESET: { fr: 'Utilisateur : réhabilitation', en: 'User: reset' },
  API_KEY: { fr: 'Clé d’API', en: 'API key' },
  TOKEN: { fr: 'Jeton d’accès', en: 'Access token' },
  MAIL_RETRY: { fr: 'E-mail : nouvel envoi', en: 'Mail: sent again' },
  TELECOLLECTION: { fr: 'Remise : télécollecte', en: 'Remittance: telecollection' },
  LINE_PUT_BACK: { fr: 'Remise : ligne remise à envoyer', en: 'Remittance: line put back' },
  REMITTANCE_RESENDING: { fr: 'Remise : nouvel envoi', en: 'Remittance: sent again' },
  DEVELOPMENT: { fr: 'Développement', en: 'Development' },
} as const satisfies Readonly<Record<string, { readonly fr: string; readonly en: string }>>;

export type ActionKind = keyof typeof ACTION_KINDS;
