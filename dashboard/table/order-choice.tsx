import { ORDERS, orderWords, type Sort } from '../roster/roster-order.ts';

/** The order of the rows on screens where the table shows no head to press. */
export function OrderChoice({ sort, onChange }: { sort: Sort; onChange: (sort: Sort) => void }) {
  return (
    <label className="order-choice">
      <span>Order</span>
      <select
        value={ORDERS.findIndex((each) => each.column === sort.column && each.isDescending === sort.isDescending)}
        onChange={(event) => onChange(ORDERS[Number(event.target.value)] as Sort)}
      >
        {ORDERS.map((order, at) => (
          <option key={orderWords(order)} value={at}>
            {sentence(orderWords(order))}
          </option>
        ))}
      </select>
    </label>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
