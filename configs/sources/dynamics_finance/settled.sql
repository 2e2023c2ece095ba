-- What was settled of each transaction against which other, in its own currency: positive where it lowers what is left
-- of it. A settlement that was reversed has rows of the opposite sign on the day of the reversal. Exchange differences
-- have no amount in the transaction's currency.
select
    settlement.recid, settlement.transrecid as trans, settlement.offsetrecid as other,
    settlement.transdate as posted_on,
    coalesce(settlement.createddatetime::date, settlement.transdate) as known_on,
    sign(own.owed) * settlement.settleamountcur as amount,
    own.role, other.role as by_what
from custsettlement settlement
join entries own on own.recid = settlement.transrecid
join entries other on other.recid = settlement.offsetrecid
where settlement.settleamountcur <> 0 and not coalesce(settlement.deleted, false)
