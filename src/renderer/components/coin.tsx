/** Jeton's own mark: a token that is good. */
export function Coin() {
  return (
    <svg className="coin" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <circle cx="10" cy="10" r="9" />
      <circle cx="10" cy="10" r="6.25" />
      <path d="M7.5 10.25l1.75 1.75 3.25-4" />
    </svg>
  );
}
