import { useRef, useState } from 'react';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { PictureButton } from '../../ui/PictureButton';
import { useWidth } from '../../ui/useWidth';
import type { PathNode } from './graph';
import { Sankey } from './Sankey';
import { StepBars } from './StepBars';
import type { PartProps } from './usePaths';
import { useFinding, useWords } from './useWords';

/** On less a Sankey diagram cannot be read. Pixels. */
const sankey_px_min = 600;

/** Step by step: as a Sankey diagram, or as bars where that has no room. */
export function PathsPicture(part: PartProps) {
  const { t } = useI18n();
  const words = useWords(part);
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const [pointedKey, setPointed] = useState<string>();
  const { graph, data, shown, direction, stale } = part;
  // What was pointed at may be gone with an answer.
  const pointed: PathNode | undefined = graph.columns.flat().find(({ key }) => key === pointedKey);
  const isNarrow = width !== undefined && width < sankey_px_min;
  const title = t('paths.picture');
  const finding = useFinding(part, words.who);
  const back = direction === 'backward' ? '.back' : '';
  return (
    <Card title={title} stale={stale} aside={<PictureButton what={t('paths.title')} title={finding} period={shown} of={holder} />}>
      <div ref={holder}>
        {isNarrow ? (
          <>
            <p className="quiet small" data-picture="out">{t(`paths.tap${back}`)}</p>
            <StepBars {...part} />
          </>
        ) : (
          <div className="sankey-scroll" tabIndex={0} role="group" aria-label={title}>
            {width !== undefined && <Sankey {...part} width={width} pointed={pointed} point={(node) => setPointed(node?.key)} />}
          </div>
        )}
      </div>
      {!isNarrow && (
        <p className="paths-told small" aria-hidden="true" data-testid="paths-told">{pointed ? words.told(pointed) : t(`paths.point${back}`)}</p>
      )}
      {data.left_out > 0 && <p className="quiet small" data-testid="paths-left-out">{t('paths.leftOut', { count: data.left_out })}</p>}
    </Card>
  );
}
