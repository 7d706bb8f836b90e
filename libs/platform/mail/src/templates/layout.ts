import type { MessageLanguage } from '../message';
import type { Block } from './template';

type LayoutWords = {
  readonly greeting: string;
  readonly automatic: string;
  readonly support: string;
  /** Between a label and its value. */
  readonly colon: string;
};

const WORDS: Readonly<Record<MessageLanguage, LayoutWords>> = {
  fr: {
    greeting: 'Bonjour,',
    automatic: 'Ce message est envoyé par {{brand}} sans intervention : n’y répondez pas.',
    support: 'Assistance : {{support}}',
    colon: ' : ',
  },
  en: {
    greeting: 'Hello,',
    automatic: 'This message was sent by {{brand}} by itself: do not reply to it.',
    support: 'Support: {{support}}',
    colon: ': ',
  },
};

const TEXT_STYLE = 'margin:0 0 16px;line-height:1.5';
const BUTTON_STYLE =
  'display:inline-block;padding:12px 20px;border-radius:6px;background:#123c69;color:#ffffff;text-decoration:none;font-weight:bold';
const CODE_STYLE =
  'margin:0 0 16px;font:bold 28px/1.4 monospace;letter-spacing:6px;text-align:center';
const QUOTE_STYLE =
  'margin:0 0 16px;padding:8px 16px;border-left:4px solid #c9d3de;white-space:pre-line';

/** A block as HTML, in Handlebars. */
function blockHtml(block: Block, { colon }: LayoutWords): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="${TEXT_STYLE}">${block.text}</p>`;
    case 'link':
      return `<p style="${TEXT_STYLE}"><a style="${BUTTON_STYLE}" href="{{${block.field}}}">${block.label}</a></p>
<p style="${TEXT_STYLE};font-size:13px;word-break:break-all;color:#5a6572">{{${block.field}}}</p>`;
    case 'code':
      return `<p style="${CODE_STYLE}">${block.text}</p>`;
    case 'facts': {
      const rows = block.rows.map(
        ({ label, text }) =>
          `<tr><td style="padding:2px 12px 2px 0;color:#5a6572">${label}${colon.trimEnd()}</td><td style="padding:2px 0">${text}</td></tr>`,
      );
      return `<table role="presentation" style="margin:0 0 16px;border-collapse:collapse">${rows.join('')}</table>`;
    }
    case 'quote':
      return `<blockquote style="${QUOTE_STYLE}">${block.text}</blockquote>`;
  }
}

/** The whole of a mail as HTML, in Handlebars: one column that narrows with the screen. */
export function htmlLayout(blocks: readonly Block[], language: MessageLanguage): string {
  const words = WORDS[language];
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{subject}}</title></head>
<body style="margin:0;background:#f3f5f8;color:#1c2733;font:16px/1.5 Arial,Helvetica,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px 16px">
<p style="margin:0 0 16px;font-size:20px;font-weight:bold;color:#123c69">{{brand}}</p>
<div style="padding:24px;border-radius:8px;background:#ffffff">
<p style="${TEXT_STYLE}">${words.greeting}</p>
${blocks.map((block) => blockHtml(block, words)).join('\n')}
</div>
<p style="margin:16px 0 0;font-size:13px;color:#5a6572">${words.automatic}<br>${words.support}</p>
</div>
</body>
</html>
`;
}

/** A block as plain text, in Handlebars. */
function blockText(block: Block, { colon }: LayoutWords): string {
  switch (block.kind) {
    case 'paragraph':
      return block.text;
    case 'link':
      return `${block.label}${colon.trimEnd()}\n{{${block.field}}}`;
    case 'code':
      return `    ${block.text}`;
    case 'facts':
      return block.rows.map(({ label, text }) => `${label}${colon}${text}`).join('\n');
    case 'quote':
      return block.text;
  }
}

/** The parts of a mail as plain text, in Handlebars; a quotation is marked line by line once rendered. */
export function textParts(
  blocks: readonly Block[],
  language: MessageLanguage,
): readonly { readonly text: string; readonly isQuote: boolean }[] {
  const words = WORDS[language];
  const own = (text: string) => ({ text, isQuote: false });
  return [
    own(words.greeting),
    ...blocks.map((block) => ({ text: blockText(block, words), isQuote: block.kind === 'quote' })),
    own(`-- \n${words.automatic}\n${words.support}`),
  ];
}
