"""From pictures to answers: what is done to them before a net, and what its outputs mean.

preprocess.py   Preprocess: pixels -> (C, H, W), in Caffe's order of steps
placement.py    where a picture lies in what the net sees of it
transform.py    a transform_param, and who said what of it
guess.py        where a net's preprocessing is written down
pictures.py     files, folders, lists and videos as a stream
names.py        names of classes
answers/        one file for each kind of answer: classes, boxes, masks
predictor.py    all of it together, a batch at a time
"""
