/** The sign of the product: the up triangle of a high day over the dot of a normal one. */
export function BrandMark({ size = 26 }: { size?: number }) {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect className="brand-ground" width="32" height="32" rx="8" />
      <path className="brand-triangle" d="M16 7 24 19H8z" />
      <circle className="brand-dot" cx="16" cy="24" r="2.4" />
    </svg>
  );
}
