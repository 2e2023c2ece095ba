"""What people open: worklist, workbook, report, and the columns that they fill in."""
