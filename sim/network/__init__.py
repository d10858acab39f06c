"""Who follows whom, and who shares a chat: drawn, the user's own, or saved."""
