import { MESSAGE_LANGUAGES } from '../message';
import './index';
import { assertNoCardNumber } from './card-number-guard';
import { MessageRenderer } from './renderer';
import { mailTemplates, MessageTemplates, type TemplateName } from './template';

const renderer = new MessageRenderer(mailTemplates, {
  brandName: 'Banque & Co <Nord>',
  supportAddress: 'aide@example.com',
  publicUrl: 'https://pay.example.com/portail',
});
const ALL = mailTemplates.names.flatMap((name) =>
  MESSAGE_LANGUAGES.map((language) => ({ name: name as TemplateName, language })),
);
const HOSTILE = '<script>alert(1)</script>"\'';

describe('Templates of messages', () => {
  it('are those the product needs', () => {
    expect([...mailTemplates.names].sort()).toEqual([
      'account-locked',
      'confirmation-code',
      'contact-changed',
      'contact-copy',
      'contact-request',
      'export-failed',
      'export-ready',
      'first-credentials',
      'hmac-key-activation',
      'hmac-key-expired',
      'hmac-key-expiring',
      'password-reset',
    ]);
  });

  it.each(ALL)('NOTIF-18 $name in $language: text and HTML, in its language', (one) => {
    const { name, language } = one;
    const { sample, links } = mailTemplates.named(name);
    const { subject, text, html, sms } = renderer.render(name, language, sample as never);
    for (const content of [subject, text, html, sms ?? '-']) {
      expect(content).not.toMatch(/\{\{|\}\}|undefined|\[object/);
      expect(content.trim()).not.toBe('');
    }
    const [own, other] =
      language === 'fr'
        ? [/\b(votre|vous|une?|par)\b/i, /\b(your|the)\b/i]
        : [/\b(your|the)\b/i, /\bvous\b/i];
    for (const content of [subject + text, html.replace(/<[^>]*>/g, ' ')]) {
      expect(content).toMatch(own);
      expect(content).not.toMatch(other);
    }
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain('Banque &amp; Co &lt;Nord&gt;');
    for (const field of links) {
      const path = (sample as Record<string, string>)[field] ?? '';
      expect(text).toContain(`https://pay.example.com/portail${path}`);
      expect(html).toContain(`href="https://pay.example.com/portail${path}"`);
    }
  });

  it.each(ALL)('NOTIF-18 $name in $language: data stay data in HTML', ({ name, language }) => {
    const { sample, links } = mailTemplates.named(name);
    const data = Object.fromEntries(
      Object.entries(sample).map(([field, value]) => [
        field,
        typeof value === 'string' && !links.includes(field) ? value + HOSTILE : value,
      ]),
    );
    const { html } = renderer.render(name, language, data as never);
    expect(html).not.toMatch(/<script/i);
    const attributes = /"'/;
    expect(html).not.toMatch(attributes);
  });

  it('NOTIF-18 warns of forged messages where a key is to be confirmed, and holds no key', () => {
    const { sample } = mailTemplates.named('hmac-key-activation');
    const french = renderer.render('hmac-key-activation', 'fr', sample as never).text;
    const english = renderer.render('hmac-key-activation', 'en', sample as never).text;
    expect(french).toContain('la clé n’est jamais envoyée par e-mail');
    expect(english).toContain('the key is never sent by mail');
  });

  it('NOTIF-18 refuses content in which a full card number stands, however it is written', () => {
    const message = (text: string) => () =>
      renderer.render('contact-copy', 'fr', {
        ...{ siteNumber: '1999888', rank: '032', identifier: '2', topic: 'Carte' },
        message: text,
      });
    for (const number of ['4000000000000010', '4000 0000 0000 0010', '4000-0000-0000-0010'])
      expect(message(`Ma carte est ${number}, merci.`)).toThrow('full card number');
    expect(message('Ma carte est 400000******0010.')).not.toThrow();
    expect(message('Référence 4000000000000011.')).not.toThrow();
  });

  it('NOTIF-18 looks into links too, without taking the letters of a token for a number', () => {
    const link = (token: string) => () =>
      renderer.render('password-reset', 'fr', { link: `/mot-de-passe#${token}`, validMinutes: 30 });
    expect(link('ab4000000000000010cd')).not.toThrow();
    expect(link('4000000000000010')).toThrow('full card number');
    expect(() => assertNoCardNumber('ab4000000000000010cd')).toThrow('full card number');
  });

  it.each([
    'https://elsewhere.example/x',
    '//elsewhere.example',
    '/\\elsewhere',
    'x',
    '/a b',
    '/"',
  ])('takes no link but a path of the product: %s', (link) => {
    expect(() => renderer.render('password-reset', 'fr', { link, validMinutes: 30 })).toThrow(
      'no path of the product',
    );
  });

  it('tells of data that a template lacks', () => {
    expect(() => renderer.render('account-locked', 'en', {} as never)).toThrow('login');
  });

  it('keeps what a person wrote apart from what we write, line by line', () => {
    const { text, subject } = renderer.render('contact-request', 'en', {
      ...{ siteNumber: '1999888\r\nBcc: x@example.com', rank: '032', identifier: '2' },
      ...{ topic: 'Topic', replyTo: 'camille@example.com', message: 'one\n-- \ntwo' },
    });
    expect(text).toContain('> one\n> -- \n> two');
    expect(subject).not.toMatch(/[\r\n]/);
  });

  it('are declared once by each name', () => {
    const templates = new MessageTemplates();
    const template = mailTemplates.named('account-locked');
    templates.declare(template as never);
    expect(() => templates.declare(template as never)).toThrow('declared twice');
    expect(() => templates.named('unheard-of')).toThrow('no template is named unheard-of');
  });
});
