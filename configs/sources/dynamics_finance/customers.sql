select
    custtable.accountnum as customer_id,
    coalesce(dirpartytable.name, custtable.name) as name,
    custtable.country,
    custtable.currency,
    nullif(custtable.creditmax, 0) as credit_limit,
    custtable.createddatetime::date as onboarded_on,
    coalesce(custtable.email, mail.locator) as email,
    coalesce(custtable.phone, telephone.locator) as phone,
    custtable._origin
from custtable
left join dirpartytable on dirpartytable.recid = custtable.party
left join logisticselectronicaddress mail on mail.recid = dirpartytable.primarycontactemail
left join logisticselectronicaddress telephone on telephone.recid = dirpartytable.primarycontactphone
where not coalesce(custtable.deleted, false)
