import { usePerson } from '../../app/person.ts';
import { CountList } from './count-list.tsx';
import { Counting } from './counting.tsx';
import { useCountPlace } from './place.ts';
import { Review } from './review.tsx';

/** Counting what is there: the list of counts, one that is being counted, or its review. */
export function CountPage() {
  const { id, view } = useCountPlace();
  const { role } = usePerson();
  if (id === undefined) return <CountList />;
  return view === 'review' && role === 'manager' ? <Review key={id} id={id} /> : <Counting key={id} id={id} />;
}
