"""From passages to an answer: compose claims, verify each against its page, render with [n] markers."""
