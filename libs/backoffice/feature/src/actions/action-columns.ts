import { ACTION_KINDS, type ActionKind } from '@encaisse/platform/access';
import { type ExportColumn, instantColumn, textColumn } from '../export/export-column';
import type { Label } from '../export/languages';

const RESULT_LABELS: Readonly<Record<string, Label>> = {
  ACCEPTED: { fr: 'Acceptée', en: 'Accepted' },
  REFUSED: { fr: 'Refusée', en: 'Refused' },
  REPEATED: { fr: 'Répétée', en: 'Repeated' },
};

/** Date, name, e-mail, action and details (LOG-01), and what else an auditor asks for. */
export function actionColumns(nodeName: (nodeId: string) => string): readonly ExportColumn[] {
  return [
    instantColumn('at', 'at', 'Date', 'Date'),
    textColumn('name', 'name', 'Nom', 'Name'),
    textColumn('email', 'email', 'Email', 'E-mail'),
    textColumn('login', 'login', 'Login', 'Login'),
    {
      ...textColumn('action', 'kind', 'Action', 'Action'),
      shown: (kind, language) => ACTION_KINDS[kind as ActionKind][language],
    },
    {
      ...textColumn('result', 'result', 'Résultat', 'Result'),
      shown: (result, language) => RESULT_LABELS[result]?.[language] ?? result,
    },
    textColumn('problem', 'problem', 'Motif', 'Reason'),
    { ...textColumn('node', 'node_id', 'Nom d’arborescence', 'Node'), shown: nodeName },
    textColumn('about', `concat_ws(' ', about_kind, about_id)`, 'Objet', 'About'),
    textColumn('details', `concat_ws(' → ', before::text, after::text)`, 'Détails', 'Details'),
  ];
}
