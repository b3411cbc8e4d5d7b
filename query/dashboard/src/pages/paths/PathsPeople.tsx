import { questions } from '../../api/questions';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { PeopleBehind } from '../../ui/PeopleBehind';
import type { Behind } from './question';
import type { PartProps } from './usePaths';
import { useWords } from './useWords';

/** The people behind a link, or behind a node of the links. */
export function PathsPeople({ behind, ...part }: PartProps & { behind: Behind }) {
  const { t } = useI18n();
  const { site } = useSite();
  const words = useWords(part);
  const { from, to } = behind;
  const name = (end: string | null, outside: 'beginning' | 'end') => (end === null ? t(`paths.node.${outside}`) : words.name(end));
  const title =
    from !== undefined && to !== undefined
      ? t('paths.behind', { from: name(from, 'beginning'), to: name(to, 'end') })
      : t('paths.behind.node', { name: from !== undefined ? name(from, 'beginning') : name(to ?? null, 'end') });
  return (
    <PeopleBehind
      title={title}
      counted={words.who}
      question={(cursor) => questions.pathsPeople(site, { paths: part.paths.request, ...behind, ...(cursor !== undefined && { cursor }) })}
      timed
      close={() => part.paths.show(undefined)}
    />
  );
}
