-- Rows of a voucher against another document: `lowered` is how much less is open of it.
select
    entry.voucher_no, entry.against_voucher_no, entry.party, entry.currency, entry.posted_on,
    -entry.owed as lowered,
    voucher.role, voucher.loss, voucher.method,
    case when voucher.role <> 'cash' and entry.known_on = voucher.first_entry_on
        then voucher.known_on else entry.known_on end as known_on,
    -- Money of its first day, and money that is cancelled, is a payment; what was set against a document in between
    -- is money on account that was used.
    voucher.role = 'cash' and (entry.known_on = voucher.known_on or (day.owed <> 0
        and entry.known_on > voucher.first_entry_on)) as is_payment,
    entry.known_on as entered_on
from entries entry
join vouchers voucher
    on voucher.voucher_type = entry.voucher_type and voucher.voucher_no = entry.voucher_no
    and voucher.party = entry.party and voucher.currency = entry.currency
join days day
    on day.voucher_type = entry.voucher_type and day.voucher_no = entry.voucher_no
    and day.party = entry.party and day.currency = entry.currency and day.known_on = entry.known_on
where entry.voucher_no <> entry.against_voucher_no or entry.voucher_type <> entry.against_voucher_type
