-- Money in and back. What was set against an invoice when it was entered is a payment of the invoice; the rest came on
-- account, and `adjustments.sql` says what it was used for later.
with
direct as (
    select * from settled where is_payment
),
on_account as (
    select
        day.voucher_no, day.party, day.currency, voucher.posted_on, voucher.method, day.known_on as entered_on,
        case when day.known_on = voucher.first_entry_on then voucher.known_on else day.known_on end as known_on,
        -day.owed - coalesce(direct.lowered, 0) as amount
    from days day
    join vouchers voucher
        on voucher.voucher_type = day.voucher_type and voucher.voucher_no = day.voucher_no
        and voucher.party = day.party and voucher.currency = day.currency and voucher.role = 'cash'
    left join (
        select voucher_no, party, currency, entered_on, sum(lowered) as lowered from direct group by all
    ) direct
        on direct.voucher_no = day.voucher_no and direct.party = day.party and direct.currency = day.currency
        and direct.entered_on = day.known_on
)
select
    voucher_no || '|' || against_voucher_no || '|' || entered_on as payment_id,
    against_voucher_no as invoice_id,
    party as customer_id,
    posted_on as paid_on,
    lowered - not_paid as amount,
    currency,
    method,
    known_on,
    voucher_no as _origin
from direct
where lowered <> not_paid
union all
select
    voucher_no || '|' || party || '|' || entered_on, null, party, posted_on, amount, currency, method, known_on,
    voucher_no
from on_account
where amount <> 0
