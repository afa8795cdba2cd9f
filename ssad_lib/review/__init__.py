"""The reviewer's desk: what a run said, a record, two stores side by side, a review in one file."""
