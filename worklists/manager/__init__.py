"""What a credit manager looks at in the morning: what came of yesterday, and what is ahead."""
