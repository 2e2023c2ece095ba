-- Chargebacks that are not decided. One that was lost is money that went back; of one that was won, no day is kept.
select
    dispute.id as dispute_id,
    documents.label as invoice_id,
    coalesce(try_cast(dispute.created as timestamp), epoch_ms(try_cast(dispute.created as bigint) * 1000))::date
        as opened_on,
    dispute.reason,
    (dispute.amount * documents.unit)::decimal(28, 6) as amount,
    dispute._origin
from dispute
join charge on charge.id = dispute.charge
join documents on documents.kind = 'invoice' and documents.id = charge.invoice
where dispute.status not in ('won', 'lost', 'warning_closed', 'prevented')
