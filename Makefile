# The habits of the house. `make` lists them.
PYTHON := .venv/bin/python
PORT ?= 8000
.DEFAULT_GOAL := help

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: .venv/ready ## build the portal and serve it with the intake at http://127.0.0.1:8000
	@$(PYTHON) -m scripts serve --port $(PORT)

test: .venv/ready-dev ## run every check and test, browser tests included
	@$(PYTHON) -m scripts.browser
	@$(PYTHON) -m scripts.server.tools
	@$(PYTHON) -m scripts.paper_copies.pango
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m pytest -n 2 --dist loadfile

lint: .venv/ready-dev ## check the code: style, format, types
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

format: .venv/ready-dev ## put the code into its canonical format
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

publish: .venv/ready ## check, build and publish the site once
	@$(PYTHON) -m scripts publish

pdf: .venv/ready ## publish with every controlled document and blank slip as PDF; COPY=3 DOC=QT-VP-01 for a numbered controlled copy
	@$(PYTHON) -m scripts $(if $(COPY),controlled-copy --number "$(COPY)" --doc "$(DOC)" --to "$(or $(TO),ban-sao)",publish --pdf)

test-long: .venv/ready-dev ## run the long tests: a slip published after each step, chains of edits, every PDF, LibreOffice
	@$(PYTHON) -m scripts.browser
	@QMS_LONG=1 $(PYTHON) -m pytest tests/long/*.py tests/scripts/test_quick_pages.py tests/site/test_desk.py tests/site/test_paper_copies.py

test-trust: .venv/ready-dev ## break the intake twenty times in each way and count what it acknowledged and lost: ROUNDS=20
	@$(PYTHON) -m scripts.server.tools
	@QMS_TRUST_ROUNDS=$(or $(ROUNDS),20) $(PYTHON) -m pytest -q tests/trust

fuzz: .venv/ready-dev ## throw inputs at every entrance, led by coverage: RUNS=1000000
	@$(PYTHON) -m tests.fuzz.long $(or $(RUNS),1000000)

audit: .venv/ready ## compare the libraries with the known vulnerabilities; needs the network
	@sh scripts/audit.sh

offline: .venv/ready ## write the published portal as one file to be read from a stick: TO=folder
	@$(PYTHON) -m scripts offline --to "$(or $(TO),ban-mang-di)"

audit-pack: .venv/ready ## write one archive for the auditor of a unit: UNIT=BC DATE=2020-06-20 TO=folder
	@$(PYTHON) -m scripts audit-pack --unit "$(UNIT)" --date "$(DATE)" --to "$(or $(TO),ban-mang-di)"

releases: .venv/ready ## list the releases: when, how many pages, from which commit, why kept
	@$(PYTHON) -m scripts releases

rollback: .venv/ready ## publish an earlier release again: the one before, or TO=id
	@$(PYTHON) -m scripts rollback --to "$(TO)"

check: .venv/ready ## check registers and pages, each finding with file, line and how to mend it
	@$(PYTHON) -m scripts check

packages: .venv/ready ## rebuild the data packages of what was collected from the journal
	@$(PYTHON) -m intake packages

account: .venv/ready ## add or change who may sign in: NAME=lan.nt FULL_NAME="…" UNIT=BC ROLES="coordinator:BC" EMAIL=… OFF=1
	@$(PYTHON) -m intake accounts put "$(NAME)" --full-name "$(FULL_NAME)" --unit "$(UNIT)" --roles "$(ROLES)" --email "$(EMAIL)" $(if $(DIGEST),--digest "$(DIGEST)") $(if $(OFF),--off)

accounts: .venv/ready ## list who may sign in, with which roles
	@$(PYTHON) -m intake accounts list

password: .venv/ready ## give a new first password: NAME=lan.nt
	@$(PYTHON) -m intake accounts password "$(NAME)"

notices: .venv/ready ## send the mails that are due now; the running intake does it every minute
	@$(PYTHON) -m intake notices

backup: .venv/ready ## write a backup of all that people sent, while the portal runs: TO=folder
	@$(PYTHON) -m intake backup $(if $(TO),--to "$(TO)")

restore: .venv/ready ## put a backup into an empty portal, proven equal: FROM=sao-luu/qms-….tar.gz
	@$(PYTHON) -m intake restore "$(FROM)"

retention: .venv/ready ## show what the records list says is due to go, and take it out: BASIS="Quyết định số …"
	@$(PYTHON) -m intake retention --basis "$(BASIS)"

doctor: .venv/ready ## look at everything the portal needs to run, and say what to mend
	@$(PYTHON) -m scripts doctor

demo: .venv/ready ## send a year of sample submissions to the portal that `make serve` runs, and act on them
	@$(PYTHON) -m scripts demo --port $(PORT)

as-of: .venv/ready ## build the portal as at a day beside the present one: DATE=2020-06-20
	@$(PYTHON) -m scripts as-of "$(DATE)"

export-xlsx: .venv/ready ## write the registers as workbooks: REGISTER=risks TO=folder
	@$(PYTHON) -m scripts export-xlsx --register "$(REGISTER)" --to "$(or $(TO),so-excel)"

import-xlsx: .venv/ready ## take a workbook or CSV into its register: FILE=risks.xlsx DRY=1 REMOVE=1
	@$(PYTHON) -m scripts import-xlsx "$(FILE)" $(if $(DRY),--dry) $(if $(REMOVE),--remove)

review: .venv/ready ## write the pack of a management review: PERIOD=2020-Q3 TO=folder
	@$(PYTHON) -m scripts review --period "$(PERIOD)" --to "$(TO)"

freeze: .venv/ready ## keep the present text of a document before it is revised: DOC=QT-VP-01
	@$(PYTHON) -m scripts freeze "$(DOC)"

bench: .venv/ready-dev ## measure build, submissions and first page view
	@$(PYTHON) -m scripts bench

bench-load: .venv/ready-dev ## let two hundred people at once use the portal: SECONDS=600
	@$(PYTHON) -m scripts.server.tools
	@QMS_LOAD_SECONDS=$(or $(SECONDS),600) $(PYTHON) -m pytest -q -s tests/load

bench-submissions: .venv/ready-dev ## measure taking submissions in beside an empty view, and with slow syncs
	@$(PYTHON) -m scripts.server.tools
	@$(PYTHON) -m tests.load.submissions

bench-growth: .venv/ready-dev ## measure how cost grows with the journal: SIZES="1000 10000 100000"
	@$(PYTHON) -m tests.load.growth $(SIZES)

engines: .venv/ready-dev ## build the same pages with ProperDocs and Zensical and report what differs; may fail
	@$(PYTHON) -m scripts engines

bench-search: .venv/ready-dev ## measure our search beside the theme's and Pagefind's, up to 5,000 pages
	@$(PYTHON) -m tests.search.bench

clean: ## remove what can be made again (environment, site, work files); keeps the journal
	rm -rf .venv .cache site

.venv/ready: requirements.lock scripts/setup.sh
	@sh scripts/setup.sh

.venv/ready-dev: requirements-dev.lock scripts/setup.sh
	@sh scripts/setup.sh requirements-dev.lock
	@touch $@

.PHONY: help serve test lint format publish pdf test-long test-trust fuzz offline audit-pack releases rollback check packages account accounts password notices backup restore retention doctor demo as-of freeze export-xlsx import-xlsx review bench bench-load bench-submissions bench-growth engines bench-search clean audit
