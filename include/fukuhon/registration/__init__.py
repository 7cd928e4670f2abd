"""The use cases of registration:

pretest, 初期登録, 差分登録 with deletions, planning, results. What a person or a dag calls.
"""
