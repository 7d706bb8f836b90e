import Handlebars from 'handlebars';
import { invariant } from '@encaisse/kernel';
import { assertNoCardNumber } from './card-number-guard';
import type { MessageLanguage } from '../message';
import { htmlLayout, textParts } from './layout';
import type { AnyTemplate, MessageTemplates, TemplateData, TemplateName } from './template';

/** What every message says of its sender. */
export type Sender = {
  readonly brandName: string;
  readonly supportAddress: string;
  /** Address of the product as people reach it, without a slash at its end. */
  readonly publicUrl: string;
};

export type RenderedMessage = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Null for a template that has no wording for a short message. */
  readonly sms: string | null;
};

type Fill = (data: object) => string;
type Compiled = {
  readonly subject: Fill;
  readonly html: Fill;
  readonly text: readonly { readonly fill: Fill; readonly isQuote: boolean }[];
  readonly sms: Fill | null;
};

/** A path of the product, and no address of anybody else. */
const OWN_PATH = /^\/(?![/\\])[^\s"'<>\\]*$/;

/** Fills templates. Data a template needs and does not get is a bug, told at once. */
export class MessageRenderer {
  private readonly handlebars = Handlebars.create();
  private readonly compiled = new Map<string, Compiled>();

  constructor(
    private readonly templates: MessageTemplates,
    private readonly sender: Sender,
  ) {}

  /**
   * Throws an invariant for content in which a card number stands, and for a link that leads out of the
   * product.
   */
  render<Name extends TemplateName>(
    name: Name,
    language: MessageLanguage,
    data: TemplateData[Name],
  ): RenderedMessage {
    const template = this.templates.named(name);
    const links = this.linksOf(template, data);
    const { subject: subjectOf, text, html, sms } = this.compile(template, language);
    const { brandName: brand, supportAddress: support } = this.sender;
    const values = { ...data, ...links, brand, support };
    const subject = subjectOf(values).replace(/\s+/g, ' ').trim();
    const rendered = {
      subject,
      text: `${text.map(({ fill, isQuote }) => quoted(fill(values), isQuote)).join('\n\n')}\n`,
      html: html({ ...values, subject }),
      sms: sms === null ? null : sms(values),
    };
    const escape = this.handlebars.escapeExpression.bind(this.handlebars);
    const addresses = Object.values(links).flatMap((one) => [one, escape(one)]);
    for (const content of [rendered.subject, rendered.text, rendered.html, rendered.sms ?? ''])
      assertNoCardNumber(content, addresses);
    return rendered;
  }

  private linksOf(template: AnyTemplate, data: object): Readonly<Record<string, string>> {
    const given = data as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      template.links.map((field) => {
        const path = given[field];
        invariant(
          typeof path === 'string' && OWN_PATH.test(path),
          `the link « ${field} » of ${template.name} is no path of the product`,
        );
        return [field, `${this.sender.publicUrl}${path}`];
      }),
    );
  }

  private compile(template: AnyTemplate, language: MessageLanguage): Compiled {
    const key = `${template.name}/${language}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const plain = (text: string): Fill =>
      this.handlebars.compile<object>(text, { strict: true, noEscape: true });
    const { subject, blocks, sms } = template[language];
    const compiled = {
      subject: plain(subject),
      html: this.handlebars.compile<object>(htmlLayout(blocks, language), { strict: true }),
      text: textParts(blocks, language).map(({ text, isQuote }) => ({
        fill: plain(text),
        isQuote,
      })),
      sms: sms === undefined ? null : plain(sms),
    };
    this.compiled.set(key, compiled);
    return compiled;
  }
}

/** Each line of what somebody wrote is marked, so that it cannot pass for ours. */
function quoted(text: string, isQuote: boolean): string {
  return isQuote ? text.replace(/^/gm, '> ') : text;
}
