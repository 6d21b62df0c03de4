"""What `st.session_state` holds, every key once; those of widgets are named in tests too."""

from __future__ import annotations

VISIT = "visit"  # the folder of what this visitor leaves on the disk

# The machine, on Analyse and on Live.
DETECTOR = "detector"  # widget: the name of the chosen one
MACHINE_ID = "id"  # widget: an id, "find", or None as long as nobody said
VISITORS_MACHINE = "visitors_machine"  # detector and id that the visitor chose, not an example
NEXT_MACHINE = "next_machine"  # detector and id to be selected for a while by the next rerun
NEXT_PICKED = "next_picked"  # a detector to be chosen for the visitor by the next rerun
ADDRESSED = "addressed"  # the detector that the address named last; None: it named none
LINK_IS_DEAD = "link_is_dead"  # whether the address named a detector that is not here
MACHINE_FIRST = "machine_first"  # whether the visitor came for a certain machine, or learnt it
RATE = "rate"  # widget: the false-alarm rate on the slider
RATE_ASKED = "rate_asked"  # the rate that the visitor or the address asked for; None: its own
ALARM_RULE = "alarm"  # widget: a `Rule`
RING = "ring"  # widget: whether an alarm on Live is heard
ALARMS = "alarms"  # widget: the table of alarms

# What is being judged.
SOURCE = "source"  # which of the four below is shown; None: nothing yet
UPLOADS = "uploads"  # widget: an uploader, a new one each time that files were dropped
UPLOAD_TIMES = "upload_times"  # how often
UPLOADED = "uploaded"  # `Clip`s of those that were uploaded last
RECORDING = "recording"  # a `Clip` from the microphone
EXAMPLE = "example"  # an `Example`
REAL = "real"  # a `Clip` of MIMII
HASHES = "hashes"  # of uploaded files by Streamlit's id for them
PROCESSING = "processing"  # what the browser did to the recording although it was asked not to
REAL_ID, REAL_NUMBER = "real_id", "real_number"  # widgets: which recording of MIMII
IN_A_ROW = "in_a_row"  # widget: whether clips are taken as one long recording
TABLE = "table"  # widget: the table of recordings
EXPERTS = "experts"  # widget: whether what is for experts is unfolded
PHASE = "phase"  # widget: which of its two pictures is drawn
OUTLINE = "outline"  # widget: whether what raised the score is outlined
TRY_TYPE = "try_type"  # widget: the machine whose examples are listened to
SHOWN = "shown"  # what the verdict on the screen is of, and in which of two places it stands

# Teaching it a machine of one's own.
TEACHING = "teaching"  # whether this is all that the page shows
TEACH_TIMES = "teach_times"  # how often it was taught: the widgets of the next time have other keys
TEACH_NAME, TEACH_UPLOADS = "teach_name", "teach_uploads"  # widgets
TEACH_RECORDER = "teach_recorder"  # component
TEACH_WAITING = "teach_waiting"  # `Clip`s to learn from, until there is a name
TEACH_AT_ONCE = "teach_at_once"  # whether they have just come
TEACH_REFUSED = "teach_refused"  # why they were not learnt from, said once
CARRIED = "carried"  # the `Clip` that was being judged before
CARRIED_IS_NORMAL = "carried_is_normal"  # widget: whether it is learnt from, too
LEARNT = "learnt"  # on a shared installation: folders of the visit, by the name of the machine
JUST_LEARNT = "just_learnt"  # what is said of the machine that was learnt last
TOLD = "told"  # what the visitor said of a verdict, by clip and machine
FAULT = "fault"  # widget: the name of a fault
TELL_REFUSED = "tell_refused"  # why it was not remembered, said once
MORE_AS, MORE_UPLOADS = "more_as", "more_uploads"  # widgets: more sound of a machine that it knows
MORE_RECORDER = "more_recorder"  # component
MORE_TIMES = "more_times"  # how often: the uploader of the next time has another key
STATES = "states"  # widget: that a machine has one, or several after all
STATES_REFUSED = "states_refused"  # why that could not be noted
MORE_SAID = "more_said"  # what became of it, said once

# The machines' logbooks.
MACHINE_SHOWN = "machine_shown"  # widget: the machine whose page is open
ENTERED = "entered"  # recordings of several, and by which detector, that are in its logbook
ENTRIES_SHOWN = "entries_shown"  # how many of its recordings are listed
PHOTO, PHOTO_TIMES = "photo", "photo_times"  # widget: an uploader, a new one after each photo
BESIDE = "beside"  # widgets: the two recordings that are side by side
RESULT = "result"  # clip, machine and entry of a result that was opened again
RESULT_SHOWN = "result_shown"  # the entry of the result on the screen; None: it is in no logbook
RESULT_GONE = "result_gone"  # whether a link led to nothing, said once

# What was found.
VERDICTS = "verdicts"  # by clip, detector and machine id
LONG_RECORDING = "long_recording"  # the one that was judged last, as far as it was heard
LIVE_BLOCK = "live_block"  # the last block of sound that has arrived
LIVE_LISTENING = "live_listening"  # one opening of the microphone, and what was heard in it

# The microphone.
RECORDER, OWN_RECORDER, LIVE = "recorder", "own_recorder", "live"  # components
NO_RECORDER = "no_recorder"  # why this browser gives no unfiltered sound
BROWSERS_OWN = "browsers_own"  # of each component: what its stand-in has just recorded

HALL = "hall"  # widget, while it is taught: the channel that hears the hall; None: none
TAKEN_OUT = "taken_out"  # where it is shown what the second microphone took out
HALLS = "halls"  # the channel that hears the hall, by detector and number of channels
HALL_OF = "hall_of"  # widget of each detector that was made with a second microphone: the same

# The Hub.
FETCHED = "fetched"  # detectors that this visitor fetched, by name
PRIVATE_FOLDERS = "private_folders"  # of the private ones; they go with the visit
HUB_OFFERED = "hub_offered"  # name and machine id that a link asks for
HUB_FETCHED = "hub_fetched"  # the same of what has just been fetched; said once
SEARCH_TEXT = "search_text"  # widget
SEARCH_RESULT = "search_result"  # what the Hub lists, or why it does not
MODELS_SAID = "models_said"  # whether what was asked for was done, and what is said of it, once
NEW_NAME = "new_name"  # widget of each detector
DETECTOR_FILE = "detector_file"  # widget: an uploader, a new one each time that a file was taken in
FILES_TAKEN_IN = "files_taken_in"  # how often
LICENCE = "licence"  # widget of each detector
NEXT_MODELS_TYPE = "next_models_type"  # the machine type to be shown by the next rerun
MODELS_TYPE = "models_type"  # widget: the machine type whose detectors are shown
COMPARE_BY = "compare_by"  # widget: whether the machine id is given

HUB_NAME = "hub_name"  # widget of each form that fetches a detector: its name on the Hub
HUB_TOKEN = "hub_token"  # widget of each: a visitor's token, emptied as soon as it is read
HUB_ASKED = "hub_asked"  # name and token of what is to be fetched in this rerun
PUBLISH = "publish"  # widgets of each detector: repo, private, token; `asked` holds all for a rerun

# Training.
TRAIN_VIEW = "train_view"  # widget: a new training, or the runs
JOB = "job"  # the name of the run that is shown
OWNER = "owner"  # component: the mark that the browser keeps
MARK, VISITORS_MARK = "mark", "visitors_mark"  # that one, and one of this visit
WAY = "way"  # widget: where recordings come from
TRAIN_FOLDER, TRAIN_TYPE = "folder", "train_type"  # widgets
COLLECTION = "collection"  # widget; on a shared installation the visitor's own folder
MACHINE_NAME, ANOTHER_KIND = "machine_name", "another_kind"  # widgets
OWN_WAITING = "own_waiting"  # names and contents of files until it is said which machine made them
HOW_IT_RAN = "how_it_ran"  # widget: whether it was faulty then
CLIPS_OF = "clips_of"  # widget of each machine of a collection: the table of its clips
REMOVED = "removed"  # what was removed last and can be brought back, in words
UPLOADS_TAKEN = "uploads_taken"  # how many times: the uploader of the next has another key
UPLOADS_REFUSED = "uploads_refused"  # why some of the last were, a sentence each
SIMULATED_TYPE, SIMULATED_IDS = "simulated_type", "simulated_ids"  # widgets
SIMULATED_CLIPS = "simulated_clips"  # widget
DATA_SET, DATA_TYPES, DATA_NOISE = "set", "types", "snr"  # widgets
DOWNLOAD_SIZE = "download_size"  # of the part that was asked for, until it is confirmed
RECIPE, SEED = "recipe", "seed"  # widgets
START_REFUSED, CHANGE_REFUSED = "start_refused", "change_refused"  # why, said once

MACHINE_KIND = "kind"  # widget of each collection: its machine type
OWN_UPLOADS = "own"  # widget: an uploader, a new one each time that files were taken in
JOB_RECORDINGS = "made"  # widget of each kind of job: the one whose recordings are taken
JOB_REFUSED = "refused"  # why a job of this kind was not started, said once
EPOCHS = "epochs"  # widget of each recipe
RUN_NAME = "run_name"  # widget of each choice of recordings
COMPARED = "compare"  # widget of each run: those beside it

# Evaluation.
TRIED_DETECTOR, TRIED_ON, TRIED_FOLDER = "tried_detector", "tried_on", "tried_folder"  # widgets
TRIED_FOR = "tried_for"  # the machine in use when the detector to be tried was proposed
TRIED_BESIDE = "tried_beside"  # widget of each detector: another on the same recordings
TRIED_ZIP = "tried_zip"  # widget
TRIED_ID = "tried_id"  # widget of each detector: which of its machines recordings are of
TRIED_CLIPS = "tried_clips"  # widgets of each detector: recordings of normal sound, of faults
TRYING = "trying"  # the evaluation that was asked for, as far as it has come
TRYING_ASKED = "trying_asked"  # whether it is to begin in this rerun
TRYING_REFUSED = "trying_refused"  # why it did not begin, said once
TRIED = "tried"  # the one that was finished last

# Machines that are listened to around the clock.
OPEN_MACHINE = "open_machine"  # widget of each
MONITORED = "monitored"  # the name of the one that is shown; None: all
SPAN = "span"  # widget: how much of its past is shown
SPAN_UNTIL = "span_until"  # where that ends, in s since 1970; None: now
MOMENT = "moment"  # the one that was asked about, in s since 1970
MOMENT_SHOWN = "moment_shown"  # the one that the page was drawn with
MOMENT_TYPED = "moment_typed"  # widget
COURSE, ALARM_LIST = "course", "alarm_list"  # widgets
MUTE_FOR = "mute_for"  # widget
HAND_OVER_SOURCE, HAND_OVER_NAME = "hand_over_source", "hand_over_name"  # widgets, on Live
HAND_OVER_REFUSED = "hand_over_refused"  # why no listener was started, said once
HANDED_OVER = "handed_over"  # the machine that one was started for, said once
MONITOR_REFUSED = "monitor_refused"  # why what was asked for was not done, said once

KEPT = "kept"  # values of the following, however long their widgets are not drawn
KEPT_BETWEEN_PAGES = (
    *(DETECTOR, MACHINE_ID, PHASE, ALARM_RULE, RING, EXPERTS),
    *(TRIED_DETECTOR, TRIED_ON, TRIED_FOLDER),
)


def of(*parts: object) -> str:
    """The key of one among several.

    Example:
        >>> of(EPOCHS, "paper")
        'epochs_paper'
    """
    return "_".join(map(str, parts))
