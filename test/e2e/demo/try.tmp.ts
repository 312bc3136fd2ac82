import { readSlice } from './slice.ts';
import { dealInvoices } from './stores.ts';
import { planCounts } from './counts.ts';
import { STORES, salesFeed } from './rules.ts';
import { foldShelves } from './shelves.ts';
import { documentsFromRows } from '#agent/pos/csv/documents-from-rows.ts';
import { canonicalContent } from '#shared/protocol/content.ts';
import { isDeepStrictEqual } from 'node:util';
const t0=performance.now();
const s = readSlice(process.argv[2]!);
const d = dealInvoices(s, 1);
console.log(s.rows.length, s.invoices.length, s.days.length, performance.now()-t0);
for (const st of STORES) { const f=d.filter(x=>x.store===st).flatMap(x=>x.facts); const c=planCounts(st,f,s.days,1); const sh=foldShelves([...f,...c.map(x=>x.fact)]); console.log(st,f.length,c.length,sh.size,[...sh.values()].filter(x=>x.onHand<0).length, d.filter(x=>x.store===st).flatMap(x=>x.unreadable).length); for (const x of c) canonicalContent('count', x.fact.body)}
const conv = documentsFromRows(salesFeed('/tmp'));
let diff=0, rej=0;
for (const x of d) { const r = conv(x.invoice.rows.map(row=>({line:row.number,raw:row.raw,cells:{document:row.invoice,sku:row.sku,quantity:row.quantity,price:row.price,date:row.date,time:'',description:row.description,till:''}})));
 rej+=r.rejected.length; if(r.rejected.length!==x.unreadable.length) {console.log('rej',x.invoice.number, r.rejected)}
 const a=r.documents.map(q=>({key:q.key,kind:q.kind,body:JSON.parse(JSON.stringify(q.body))})); const b=x.facts.map(q=>({key:q.key,kind:q.kind,body:JSON.parse(JSON.stringify(q.body))}));
 for (const q of a) try {canonicalContent(q.kind,q.body)} catch(e){console.log('invalid',q.key,String(e))}
 if(!isDeepStrictEqual(a,b)) { if(diff++<5) console.log(x.invoice.number, JSON.stringify(a).slice(0,300), JSON.stringify(b).slice(0,300)); } }
console.log('diff',diff,'rejected',rej, performance.now()-t0);
