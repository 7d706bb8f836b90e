import { ACTION_KINDS, type ActionKind } from '@encaisse/platform/access';
import type { ExportColumn } from '../export/export-column';
import type { Label } from '../export/languages';

const RESULT_LABELS: Readonly<Record<string, Label>> = {
  ACCEPTED: { fr: 'Acceptée', en: 'Accepted' },
  REFUSED: { fr: 'Refusée', en: 'Refused' },
  REPEATED: { fr: 'Répétée', en: 'Repeated' },
};

const text = (name: string, sql: string, fr: string, en: string): ExportColumn => ({
  name,
  sql,
  kind: 'text',
  label: { fr, en },
});

/** Date, name, e-mail, action and details (LOG-01), and what else an auditor asks for. */
export function actionColumns(nodeName: (nodeId: string) => string): readonly ExportColumn[] {
  return [
    { ...text('at', '(extract(epoch from at) * 1000)::bigint', 'Date', 'Date'), kind: 'instant' },
    text('name', 'name', 'Nom', 'Name'),
    text('email', 'email', 'Email', 'E-mail'),
    text('login', 'login', 'Login', 'Login'),
    {
      ...text('action', 'kind', 'Action', 'Action'),
      shown: (kind, language) => ACTION_KINDS[kind as ActionKind][language],
    },
    {
      ...text('result', 'result', 'Résultat', 'Result'),
      shown: (result, language) => RESULT_LABELS[result]?.[language] ?? result,
    },
    text('problem', 'problem', 'Motif', 'Reason'),
    { ...text('node', 'node_id', 'Nom d’arborescence', 'Node'), shown: nodeName },
    text('about', `concat_ws(' ', about_kind, about_id)`, 'Objet', 'About'),
    text('details', `concat_ws(' → ', before::text, after::text)`, 'Détails', 'Details'),
  ];
}
