/**
 * The data of each template, by its name. A context that declares a template adds its own:
 * `declare module '@encaisse/platform/mail' { interface TemplateData { 'plan-refused': … } }`.
 * Links are paths of the product, such as `/activation#…`: its public address is put before them.
 */
export interface TemplateData {
  readonly 'first-credentials': { readonly login: string; readonly link: string };
  readonly 'password-reset': { readonly link: string; readonly validMinutes: number };
  readonly 'account-locked': { readonly login: string };
  readonly 'confirmation-code': { readonly code: string; readonly validMinutes: number };
  readonly 'contact-changed': {
    /** True when the mobile was changed, false when the address was: the other one is told. */
    readonly mobile: boolean;
    /** The new one, masked. */
    readonly maskedContact: string;
  };
  readonly 'hmac-key-activation': {
    readonly link: string;
    readonly siteNumber: string;
    readonly platform: string;
  };
  readonly 'hmac-key-expired': { readonly siteNumber: string; readonly expiredOn: string };
  readonly 'hmac-key-expiring': { readonly siteNumber: string; readonly expiresOn: string };
  readonly 'export-ready': {
    readonly link: string;
    readonly filename: string;
    readonly rowCount: number;
    readonly expiresAt: string;
  };
  readonly 'export-failed': { readonly filename: string; readonly link: string };
  readonly 'contact-request': ContactData & { readonly replyTo: string };
  readonly 'contact-copy': ContactData;
}

type ContactData = {
  readonly siteNumber: string;
  readonly rank: string;
  readonly identifier: string;
  readonly topic: string;
  readonly message: string;
};

export type TemplateName = keyof TemplateData;

/** A piece of a message. Its texts are Handlebars, in which data stand in double braces. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** A link that a field of the data holds. */
  | { readonly kind: 'link'; readonly field: string; readonly label: string }
  /** A text to be typed in elsewhere. */
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  /** What somebody wrote, told apart from what we write. */
  | { readonly kind: 'quote'; readonly text: string };

type Fact = { readonly label: string; readonly text: string };

/** What a template says in one language. */
export type Wording = {
  /** Holds nothing personal: it stays in the journal when the rest is erased. */
  readonly subject: string;
  readonly blocks: readonly Block[];
  /** The same in a short message, where it can be one. */
  readonly sms?: string;
};

export type MessageTemplate<Name extends TemplateName> = {
  readonly name: Name;
  /** Fields that hold a link: the only place where a secret for one use may stand. */
  readonly links: readonly (keyof TemplateData[Name] & string)[];
  /** Data to show and to test the template with. */
  readonly sample: TemplateData[Name];
  readonly fr: Wording;
  readonly en: Wording;
};

/** A template whose data are whatever its name says. */
export type AnyTemplate = {
  readonly name: string;
  readonly links: readonly string[];
  readonly sample: object;
  readonly fr: Wording;
  readonly en: Wording;
};

/** Templates by name; contexts add their own when they are loaded. */
export class MessageTemplates {
  private readonly byName = new Map<string, AnyTemplate>();

  /** Throws when the name is taken: two templates would fight over it. */
  declare<Name extends TemplateName>(template: MessageTemplate<Name>): void {
    if (this.byName.has(template.name))
      throw new Error(`the template ${template.name} is declared twice`);
    this.byName.set(template.name, template);
  }

  named(name: string): AnyTemplate {
    const template = this.byName.get(name);
    if (!template) throw new Error(`no template is named ${name}`);
    return template;
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }
}

/** The templates of this process. */
export const mailTemplates = new MessageTemplates();

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
export const link = (field: string, label: string): Block => ({ kind: 'link', field, label });
export const code = (text: string): Block => ({ kind: 'code', text });
export const quote = (text: string): Block => ({ kind: 'quote', text });
export const facts = (rows: Readonly<Record<string, string>>): Block => ({
  kind: 'facts',
  rows: Object.entries(rows).map(([label, text]) => ({ label, text })),
});
