import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

const MODEL = join(import.meta.dirname, '../../../data/amazon/OrderChangeNotification.json');
const isNotification = new Ajv({ strict: false, logger: false }).compile(JSON.parse(readFileSync(MODEL, 'utf8')));

/** An ORDER_CHANGE as EventBridge passes it on. Throws when it is not as Amazon's schema says. */
export function notificationOf(
  order: { id: string; item: string; sku: string; units: number; status: string; cancelAsked: boolean },
  { messageId, seller, marketplace }: { messageId: string; seller: string; marketplace: string },
): object {
  const now = new Date().toISOString();
  const detail = {
    NotificationVersion: '1.0',
    NotificationType: 'ORDER_CHANGE',
    PayloadVersion: '1.0',
    EventTime: now,
    Payload: {
      OrderChangeNotification: {
        NotificationLevel: 'OrderLevel',
        SellerId: seller,
        AmazonOrderId: order.id,
        OrderChangeType: order.cancelAsked ? 'BuyerRequestedChange' : 'OrderStatusChange',
        OrderChangeTrigger: { TimeOfOrderChange: now, ChangeReason: 'The order has changed' },
        Summary: {
          MarketplaceId: marketplace,
          OrderStatus: order.status === 'CANCELLED' ? 'Canceled' : 'Unshipped',
          PurchaseDate: now,
          DestinationPostalCode: '10115',
          FulfillmentType: 'MFN',
          OrderType: 'StandardOrder',
          OrderItems: [
            {
              OrderItemId: order.item,
              SellerSKU: order.sku,
              SupplySourceId: null,
              Quantity: order.units,
              QuantityShipped: 0,
              IsBuyerRequestedCancel: order.cancelAsked,
            },
          ],
        },
      },
    },
    NotificationMetadata: {
      ApplicationId: 'app-id-1',
      SubscriptionId: 'subscription-id-1',
      PublishTime: now,
      NotificationId: messageId,
    },
  };
  if (!isNotification(detail)) throw new Error(JSON.stringify(isNotification.errors));
  return {
    version: '0',
    id: messageId,
    'detail-type': 'ORDER_CHANGE',
    source: 'aws.partner/sellingpartnerapi.amazon.com/123456789012/amzn1.sp.solution.1',
    account: '123456789012',
    time: now,
    region: 'eu-central-1',
    resources: [],
    detail,
  };
}
