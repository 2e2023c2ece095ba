-- A journal entry that only sets a credit note against an invoice comes to nothing: it is no document.
select voucher.*, day.owed
from vouchers voucher
join days day
    on day.voucher_type = voucher.voucher_type and day.voucher_no = voucher.voucher_no
    and day.party = voucher.party and day.currency = voucher.currency and day.known_on = voucher.first_entry_on
where voucher.role = 'document' and day.owed <> 0
