import { useI18n } from '../../i18n/context';
import { BarList } from '../../ui/BarList';
import type { PartProps } from './usePaths';
import { useWords } from './useWords';

/** The same on a narrow screen: the steps one below the other, with a bar for each node. */
export function StepBars(part: PartProps) {
  const { t } = useI18n();
  const words = useWords(part);
  const { graph, shown, direction, paths } = part;
  const unit = t(shown.scope === 'session' ? 'metric.sessions' : 'metric.people');
  const chooseLabel = t(direction === 'backward' ? 'paths.walk.back' : 'paths.walk');
  // What the paths are walked from comes first.
  const columns = graph.columns.map((nodes, column) => ({ nodes, column }));
  const inOrder = direction === 'backward' ? columns.toReversed() : columns;
  return (
    <ol className="paths-steps" data-testid="paths-steps">
      {inOrder.map(({ nodes, column }) => (
        <li key={column}>
          <h3>{words.columnName(column)} <span className="quiet">{words.who(nodes.reduce((sum, { count }) => sum + count, 0))}</span></h3>
          <BarList
            unit={unit}
            rows={nodes.map((node) => {
              const walk = paths.walkFrom(node);
              return {
                key: node.key,
                label: words.nodeName(node),
                value: node.count,
                text: words.share(node),
                hint: words.told(node),
                tone: node.kind,
                ...(node.kind === 'end' && { icon: 'exit' as const }),
                ...(walk && { choose: walk, chooseLabel }),
              };
            })}
          />
        </li>
      ))}
    </ol>
  );
}
