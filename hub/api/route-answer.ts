/** A value as a handler may give it: nobody changes it any more. */
type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Shown<Value[Name]> }
    : Value;

export interface RouteAnswer<Body = unknown> {
  /** One of the route's `statuses`; the first unless given. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string as it is, as the route's `contentType`. */
  readonly body: Shown<Body>;
}
