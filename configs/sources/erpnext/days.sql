-- What a voucher came to on a day: its amount on the first, later only where it was cancelled.
select voucher_type, voucher_no, party, currency, known_on, sum(owed) as owed
from entries
group by all
