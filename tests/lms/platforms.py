"""What Canvas, Moodle, Gradescope and Blackboard give, as small files written by hand after the looks of theirs."""

from __future__ import annotations

CANVAS_GRADEBOOK = """\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Variational autoencoders (4711),Essay (4712),Current Score
,,,,,Manual Posting,,(read only)
    Points Possible,,,,,100,10,(read only)
"Lovelace, Ada",10201,S-1,ada,Lab A,,7,70
"García Márquez, Zoë",10202,S-2,zoe,Lab A,,8,80
"=HYPERLINK(""http://x"",""y""), Bob",10203,S-3,bob,Lab B,,9,90
"Turing, Alan",10204,S-4,alan,Lab B,,,
"Student, Test",10299,,0f3c,Lab A,,,
"""

MOODLE_WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 7001,Ada Lovelace,ada@example.org,Submitted for grading,,100.00,Yes,"Sunday, 22 November 2026, 7:40 PM",-,
Participant 7002,Zoë García Márquez,zoe@example.org,Submitted for grading - 2 hours 5 mins late,,100.00,Yes,"Sunday, 22 November 2026, 9:45 PM",-,
Participant 7003,Bob +49,bob@example.org,Submitted for grading,,100.00,Yes,"Sunday, 22 November 2026, 7:41 PM",-,
Participant 7004,Alan Turing,alan@example.org,No submission,,100.00,Yes,-,-,
"""

GRADESCOPE_ROSTER = """\
First Name,Last Name,SID,Email,Role,Section
Ada,Lovelace,S-1,ada@example.org,Student,Lab A
Zoë,García Márquez,S-2,zoe@example.org,Student,Lab A
@Bob,Roberts,S-3,bob@example.org,Student,Lab B
Alan,Turing,S-4,alan@example.org,Student,Lab B
"""

GRADESCOPE_METADATA = """\
---
submission_90001:
  :submitters:
  - :name: Ada Lovelace
    :sid: S-1
    :email: ada@example.org
  - :name: Zoë García Márquez
    :sid: S-2
    :email: zoe@example.org
  :created_at: 2026-11-22 19:40:53.123456000 Z
  :score: 3.0
  :status: processed
  :results:
    tests: []
submission_90002:
  :submitters:
  - :name: Bob Roberts
    :sid: S-3
    :email: bob@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-22 20:10:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Berlin
    time: 2026-11-22 21:10:00.000000000 Z
"""
