"""What people open: worklist, workbook, report, and the outcomes that come back."""
