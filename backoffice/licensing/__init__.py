"""Technology that changes hands: candidates for a demand, the license, its royalties, and the broker's fee."""
