-- Some loaders keep what was deleted, marked as such: a match that was undone, say.
select * from account_partial_reconcile where coalesce(lower(deleted), '') in ('', 'false', 'f', '0')
