"""What runs inside the sandbox: standard library only, and nothing that knows a right answer.

Imported as the top-level package `inside` there (hence the relative imports), so that no module of
the judge is ever loaded beside a program.
"""
