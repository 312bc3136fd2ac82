/** How keys of what orders ask of the reservations begin: the effect's number follows. Nobody else may use them there. */
export const ORDER_KEYS = 'order-effect-';
